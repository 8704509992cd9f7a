-- Fictional rows, the same on every load: random() is seeded and every time hangs on 2025-01-01 UTC.
SET timezone = 'UTC';
SELECT setseed(0.2025);

CREATE TEMPORARY TABLE words AS SELECT
    ARRAY['Ada','Ben','Cleo','Dario','Elif','Farid','Greta','Hugo','Ines','Jonas','Kaya','Liam','Mira','Noor','Otis',
          'Pia','Quinn','Rosa','Sami','Tess','Uma','Viktor','Wanda','Ximena','Yusuf','Zoë'] AS given,
    ARRAY['Abel','Brook','Carver','Dune','Ember','Fjord','Grove','Harrow','Islay','Juniper','Kestrel','Lark','Marsh',
          'Nettle','Orchard','Pike','Quarry','Rowan','Sedge','Thorn','Umber','Vale','Wren','Yarrow'] AS family,
    ARRAY['Maple','Harbour','Mill','Station','Quarry','Orchard','Church','Foundry','Canal','Juniper'] AS street,
    ARRAY['Northport','Easterly','Millbrook','Kingsgate','Fernhill','Saltmarsh'] AS city,
    ARRAY['sofa','mattress','fridge','washing machine','garden shed','pile of rubble','old television','desk',
          'wardrobe','box of books','broken fence','piano','carpet rolls','paint tins'] AS item,
    ARRAY['Could the crew call ten minutes before they arrive?',
          'The gate code changed yesterday; the bell at the side door works.',
          'Please leave the blue boxes, they belong to the neighbour.',
          'There are two flights of stairs and the landing is narrow.',
          'We can move everything to the driveway the evening before.',
          'The fridge is empty and unplugged but it is heavier than it looks.',
          'Parking is free on the left side of the street until noon.',
          'Is it possible to get the invoice with the company name on it?',
          'The truck was early, which suited us very well. Thank you!',
          'We found another cupboard in the cellar; can it go as well?',
          'Our dog is friendly, but please keep the garden door shut.',
          'The quote says four cubic metres and I think it is closer to five.'] AS sentence;

INSERT INTO services (code, title, price, usual_duration) VALUES
    ('single', 'Single item', 79, '30 minutes'),
    ('quarter', 'Quarter truck', 149, '45 minutes'),
    ('half', 'Half truck', 259, '75 minutes'),
    ('full', 'Full truck', 449, '2 hours'),
    ('estate', 'Estate clearance', 1290, '1 day'),
    ('ewaste', 'Electronics recycling', 59, '20 minutes');

INSERT INTO users (email, role, password_hash, failed_logins, created_at)
SELECT 'user' || i || '@example.com',
       (CASE WHEN i = 1 THEN 'owner' WHEN i <= 6 THEN 'dispatcher' WHEN i <= 36 THEN 'driver' ELSE 'customer' END)::user_role,
       sha256(('password ' || i)::bytea), (random() * random() * 5)::int,
       timestamptz '2025-01-01' - i * interval '17 minutes'
FROM generate_series(1, 20036) i;

INSERT INTO customers (user_id, full_name, phone, preferences, created_at)
SELECT u.id, given[1 + floor(random() * 26)] || ' ' || family[1 + floor(random() * 24)],
       '+1555' || lpad((u.id % 10000000)::text, 7, '0'),
       jsonb_build_object('contact', CASE WHEN random() < 0.6 THEN 'email' ELSE 'sms' END, 'newsletter', random() < 0.2),
       u.created_at
FROM users u, words WHERE u.role = 'customer' ORDER BY u.id;

INSERT INTO addresses (customer_id, street, city, postal_code, location, access_notes)
SELECT 1 + (i - 1) % 20000, 1 + (random() * 180)::int || ' ' || street[1 + floor(random() * 10)] || ' Street',
       city[1 + floor(random() * 6)], lpad((random() * 99999)::int::text, 5, '0'),
       point(round((-70 - random())::numeric, 5), round((40 + random())::numeric, 5)),
       CASE WHEN random() < 0.3 THEN sentence[1 + floor(random() * 12)] END
FROM generate_series(1, 26000) i, words;

INSERT INTO drivers (user_id, full_name, licence_number, hired_on)
SELECT u.id, given[1 + u.id % 26] || ' ' || family[1 + u.id % 24], 'DL-' || lpad(u.id::text, 6, '0'),
       date '2018-03-01' + (u.id * 71)::int
FROM users u, words WHERE u.role = 'driver' ORDER BY u.id;

INSERT INTO trucks (registration, capacity_m3, cargo_space, in_service)
SELECT 'JNK ' || 400 + i, 12 + i % 4, ROW(420 + 10 * (i % 4), 200, 180)::dimensions, daterange('2021-01-01', NULL)
FROM generate_series(1, 24) i;

INSERT INTO orders (customer_id, address_id, service_code, status, quoted, details, created_at, updated_at)
SELECT a.customer_id, a.id, (ARRAY['single','quarter','half','full','estate','ewaste'])[1 + floor(random() * 6)],
       CASE WHEN i > 58000 THEN 'quoted' WHEN i > 50000 THEN 'booked' WHEN i % 19 = 0 THEN 'cancelled' ELSE 'paid' END::order_status,
       round((60 + random() * 900)::numeric, 2),
       jsonb_build_object('floor', floor(random() * 6), 'lift', random() < 0.4,
                          'source', (ARRAY['web','phone','partner'])[1 + floor(random() * 3)],
                          'photos', jsonb_build_array('photo-' || i || '-1.jpg', 'photo-' || i || '-2.jpg')),
       timestamptz '2025-01-01' + i * interval '8 minutes 45 seconds',
       timestamptz '2025-01-01' + i * interval '8 minutes 45 seconds' + random() * interval '3 days'
FROM generate_series(1, 60000) i JOIN addresses a ON a.id = 1 + (i * 7919) % 26000 ORDER BY i;

-- Six visits of at most two hours per truck and day: close together, never overlapping.
INSERT INTO pickups (order_id, truck_id, driver_id, scheduled, status)
SELECT i, 1 + i % 24, 1 + i % 30, tstzrange(start, start + interval '1 hour' + floor(random() * 5) * interval '15 minutes'),
       CASE WHEN i % 19 = 0 THEN 'cancelled' WHEN i > 23000 THEN 'scheduled' ELSE 'done' END::pickup_status
FROM generate_series(1, 24000) i,
     LATERAL (SELECT timestamptz '2025-01-02 07:00' + (i / 24 / 6) * interval '1 day' + (i / 24 % 6) * interval '2 hours') slot (start);

INSERT INTO pickup_items (pickup_id, line, description, category, size, recycled)
SELECT p, line, item[1 + floor(random() * 14)],
       (enum_range(NULL::item_category))[1 + floor(random() * 6)],
       ROW(20 + floor(random() * 200), 20 + floor(random() * 120), 10 + floor(random() * 90))::dimensions, random() < 0.45
FROM generate_series(1, 24000) p, generate_series(1, 2 + p % 5) line, words;

INSERT INTO payments (order_id, method, net, tax_rate, reference, paid_at)
SELECT o.id, (enum_range(NULL::payment_method))[1 + floor(random() * random() * 3)], o.quoted,
       CASE WHEN o.id % 50 = 0 THEN 0 ELSE 0.080 END, md5('payment ' || o.id)::uuid, o.updated_at + interval '1 day'
FROM orders o WHERE o.status = 'paid' ORDER BY o.id;

-- Deposits taken before the first monthly partition begins.
INSERT INTO payments (order_id, method, net, reference, paid_at)
SELECT i, 'bank_transfer', 40, md5('deposit ' || i)::uuid, timestamptz '2024-12-31' - i * interval '1 hour'
FROM generate_series(1, 200) i;

-- Most messages are a few sentences; one in a thousand carries a pasted document.
INSERT INTO messages (order_id, sender_id, channel, body, sent_at)
SELECT 1 + (i * 31) % 60000, 1 + (i * 17) % 20000, (enum_range(NULL::message_channel))[1 + i % 3], body,
       timestamptz '2025-01-01' + i * interval '17 minutes'
FROM generate_series(1, 30000) i, words,
     LATERAL (SELECT string_agg(sentence[1 + floor(random() * 12)] || ' (' || i * n || ')', ' ')
              FROM generate_series(1, CASE WHEN i % 1000 = 0 THEN 3000 ELSE 1 + i % 6 END) n) text (body);

INSERT INTO reviews (order_id, stars, comment, written_at)
SELECT o.id, 5 - floor(random() * random() * 5), CASE WHEN random() < 0.5 THEN sentence[1 + floor(random() * 12)] END,
       o.updated_at + interval '2 days'
FROM orders o, words WHERE o.status = 'paid' AND o.id % 5 < 2;

INSERT INTO sessions (id, user_id, token_hash, address, user_agent, active)
SELECT md5('session ' || i)::uuid, 1 + (i * 13) % 20000, sha256(('token ' || i)::bytea),
       CASE WHEN i % 3 = 0 THEN inet '2001:db8::' + i ELSE inet '192.0.2.0' + i % 256 END,
       CASE WHEN i % 2 = 0 THEN 'JunkOS/4.' || i % 9 || ' (iOS)' ELSE 'Mozilla/5.0 (X11; Linux x86_64)' END,
       tstzrange(timestamptz '2025-12-01' + i * interval '2 minutes', timestamptz '2025-12-15' + i * interval '2 minutes')
FROM generate_series(1, 20000) i;

INSERT INTO webhooks (url, events, signing_key_hash)
SELECT 'https://partner' || i || '.example.com/junkos', ARRAY['order.booked', 'order.paid'], sha256(('key ' || i)::bytea)
FROM generate_series(1, 8) i;

INSERT INTO webhook_deliveries (webhook_id, payload, response_status, attempts, next_attempt_at)
SELECT 1 + i % 8, jsonb_build_object('event', 'order.paid', 'order', i, 'amount', round((random() * 900)::numeric, 2)),
       CASE WHEN i % 40 = 0 THEN 503 ELSE 200 END, 1 + (i % 40 = 0)::int,
       CASE WHEN i % 40 = 0 THEN timestamptz '2026-01-01' + i * interval '1 second' END
FROM generate_series(1, 10000) i;

INSERT INTO audit.events (actor_id, action, entity, entity_id, changes, occurred_at)
SELECT 1 + i % 36, 'status_changed', 'orders', i, jsonb_build_object('from', 'quoted', 'to', 'booked'),
       timestamptz '2025-01-01' + i * interval '12 minutes'
FROM generate_series(1, 40000) i;

SELECT nextval('handset_ticket_seq');
DROP TABLE words;
