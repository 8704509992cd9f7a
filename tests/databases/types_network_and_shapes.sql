-- Addresses and geometry.
CREATE TABLE addresses (host inet, net cidr, mac macaddr, long_mac macaddr8);
INSERT INTO addresses VALUES
    ('0.0.0.0/0', '0.0.0.0/0', '00:00:00:00:00:00', '00:00:00:00:00:00:00:00'),
    ('192.168.1.5/24', '192.168.1.0/24', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff'),
    ('::ffff:1.2.3.4/128', '2001:db8::/32', '08-00-2b-01-02-03', '0800.2b01.0203'),
    ('fe80::1/64', '::/0', '0800.2b01.0203', '08002b:0102030405'), (NULL, NULL, NULL, NULL);
CREATE TABLE shapes (place point, edge line, stroke lseg, area box, way path, outline polygon, ring circle);
INSERT INTO shapes VALUES
    ('(0,-0)', '{1,-1,0}', '[(0,0),(1,1)]', '(2,2),(0,0)', '[(0,0),(1,1),(2,0)]', '((0,0),(1,1),(2,0))', '<(0,0),1>'),
    ('(NaN,Infinity)', '{0,1,-1e300}', '[(1e-300,1),(1,-Infinity)]', '(Infinity,1),(-Infinity,0)', '((0,0),(1,1))', '((0,0))', '<(1,1),0>'),
    (NULL, NULL, NULL, NULL, NULL, NULL, '<(0.1,0.2),Infinity>');
CREATE INDEX shapes_area ON shapes USING gist (area);
CREATE INDEX shapes_place ON shapes USING spgist (place);
CREATE INDEX addresses_host ON addresses USING gist (host inet_ops);
