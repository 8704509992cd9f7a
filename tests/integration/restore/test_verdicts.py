ORDERS = """
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigserial PRIMARY KEY, customer bigint NOT NULL REFERENCES customers, total numeric CHECK (total > 0));
CREATE INDEX ON orders (customer);
INSERT INTO customers (name) SELECT 'customer ' || i FROM generate_series(1, 100) i;
INSERT INTO orders (customer, total) SELECT 1 + i % 100, i FROM generate_series(1, 1000) i;
"""


def result_of(answer, name):
    return next(check for check in answer["checks"] if check["name"] == name)


def test_a_small_database_is_proven_within_a_second(verification, database, backup):
    prefix = backup(database(ORDERS), critical=[("public", "orders")])
    answer = verification.verify(prefix)
    print(answer)
    assert answer["verdict"] == "proven"
    assert result_of(answer, "tables equal")["detail"] == "2 tables, 1100 rows"
    assert sum(answer["seconds"].values()) < 1
    assert verification.leftovers() == []
