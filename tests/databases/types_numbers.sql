-- Numbers and identifiers at their edges.
CREATE TABLE numbers (
    id integer PRIMARY KEY, tiny smallint, small integer, big bigint, exact numeric, scaled numeric(5, 2),
    half real, double double precision, truth boolean, price money, bits bit(7), many_bits bit varying, key uuid,
    position pg_lsn, snapshot pg_snapshot, old_snapshot txid_snapshot, xid xid, xid8 xid8, cid cid, tid tid
);
INSERT INTO numbers VALUES
    (1, -32768, -2147483648, -9223372036854775808, 'NaN', -999.99, 'NaN', 'NaN', true, '-92233720368547758.08', B'1111111',
     B'', '00000000-0000-0000-0000-000000000000', '0/0', '10:20:10,14,15', '10:20:10,14,15', '0', '0', '0', '(0,0)'),
    (2, 32767, 2147483647, 9223372036854775807, 'Infinity', 999.99, 'Infinity', 'Infinity', false, '92233720368547758.07',
     B'0000000', B'1', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'FFFFFFFF/FFFFFFFF', '1:1:', '1:1:', '4294967295',
     '18446744073709551615', '4294967295', '(4294967295,65535)'),
    (3, 0, 0, 0, '-Infinity', 0, '-Infinity', '-Infinity', NULL, '0', B'1010101', B'101010101010101010101', NULL, '1/A', NULL,
     NULL, '3', '3', '1', '(1,1)'),
    (4, 1, 1, 1, '-0.00', 0.10, '-0', '-0', true, '0.01', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (5, 1, 1, 1, 1e-1000, NULL, 1.1754944e-38, 2.2250738585072014e-308, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, NULL),
    (6, 1, 1, 1, 10::numeric ^ 3000 + 0.000000000001, NULL, 3.4028235e38, 1.7976931348623157e308, true, NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (7, 1, 1, 1, 1.500000000000000000000000, NULL, 0.1, 0.1::float8 + 0.2, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, NULL),
    (8, 1, 1, 1, 0.000, NULL, 1e-45, 5e-324, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
