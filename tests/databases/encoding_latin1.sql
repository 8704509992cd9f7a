-- encoding: LATIN1
-- A database in another encoding: the bytes of its rows, and so their checksums, are not those of UTF-8.
CREATE TABLE cafés (nom text);
INSERT INTO cafés VALUES ('crème brûlée'), ('garçon'), ('ÿ');
