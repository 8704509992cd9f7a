-- features: icu
-- Collations that need a server built with ICU: nondeterministic, with rules, and a locale's own.
CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION natural_numbers (provider = icu, locale = 'en-u-kn-true');
CREATE TABLE names (a text COLLATE any_case UNIQUE, b text COLLATE natural_numbers, c text COLLATE "de-x-icu");
INSERT INTO names VALUES ('Ada', 'a10', 'ä'), ('Ben', 'a9', 'z');
CREATE INDEX names_b ON names (b);
