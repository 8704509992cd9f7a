-- features: libxml
-- XML needs a server built with libxml, for reading as much as for writing.
CREATE TABLE pages (content xml);
INSERT INTO pages VALUES (XMLPARSE(DOCUMENT '<?xml version="1.0"?><a b="c">&lt;<!-- note --></a>')), (XMLPARSE(CONTENT 'text <b/> more')), (NULL);
