-- extensions: ltree
CREATE EXTENSION ltree;
CREATE TABLE categories (path ltree PRIMARY KEY, query lquery, words ltxtquery, parents ltree[]);
INSERT INTO categories VALUES ('Top.Furniture.Sofas', '*.Sofas|Chairs@*{1,2}', 'Sofas & !Beds', '{Top,Top.Furniture}'), ('', NULL, NULL, '{}');
CREATE INDEX categories_tree ON categories USING gist (path gist_ltree_ops (siglen = 100));
