-- extensions: vector
CREATE EXTENSION vector;
CREATE TABLE embeddings (id integer PRIMARY KEY, full_size vector(8), half halfvec(8), sparse sparsevec(100), any_size vector);
INSERT INTO embeddings SELECT i, ARRAY[i, 1, -1, 0, 0.5, 1e-10, i * 0.1, 3]::vector, ARRAY[i % 7, 1, -1, 0, 0.5, 0, 1, 3]::vector::halfvec, '{1:1.5,100:-2}/100', ARRAY[i]::vector FROM generate_series(1, 500) i;
CREATE INDEX embeddings_graph ON embeddings USING hnsw (full_size vector_cosine_ops) WITH (m = 8, ef_construction = 32);
CREATE INDEX embeddings_lists ON embeddings USING ivfflat (full_size vector_l2_ops) WITH (lists = 5);
