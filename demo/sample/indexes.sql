-- Made after the rows, because filling a finished index row by row costs several times as much.
ALTER TABLE pickups ADD CONSTRAINT a_truck_is_in_one_place
    EXCLUDE USING gist (truck_id WITH =, scheduled WITH &&) WHERE (status <> 'cancelled');
CREATE INDEX customers_name_search ON customers USING gin (full_name gin_trgm_ops);
CREATE INDEX addresses_by_customer ON addresses (customer_id);
CREATE INDEX orders_by_customer ON orders (customer_id, created_at DESC);
CREATE INDEX orders_open ON orders (created_at) WHERE status IN ('quoted', 'booked');
CREATE INDEX orders_details ON orders USING gin (details jsonb_path_ops);
CREATE INDEX pickups_by_order ON pickups (order_id);
CREATE INDEX payments_by_order ON payments (order_id) INCLUDE (gross);
CREATE INDEX messages_by_order ON messages (order_id, sent_at);
CREATE INDEX messages_search ON messages USING gin (search);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX audit_events_by_entity ON audit.events (entity, entity_id);
CREATE INDEX audit_events_by_time ON audit.events USING brin (occurred_at);
CREATE UNIQUE INDEX monthly_revenue_key ON reporting.monthly_revenue (month, service_code);

REFRESH MATERIALIZED VIEW reporting.monthly_revenue;
