/* A stand-in for contrib/uuid-ossp 1.1: the same functions, without the library that the original needs.
   Names and the hashed versions (3 and 5) give the same results; versions 1 and 4 are unique, as they must be. */

\echo Use '''CREATE EXTENSION "uuid-ossp"''' to load this file. \quit

CREATE FUNCTION uuid_nil() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN '00000000-0000-0000-0000-000000000000'::uuid;

CREATE FUNCTION uuid_ns_dns() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_url() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_oid() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_x500() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_generate_v4() RETURNS uuid VOLATILE STRICT PARALLEL SAFE LANGUAGE sql
RETURN gen_random_uuid();

-- The first sixteen bytes of a hash, with version and variant set as RFC 9562 says.
CREATE FUNCTION uuid_stand_in_from_hash(hash bytea, version integer)
RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN encode(
    set_byte(
        set_byte(substr(hash, 1, 16), 6, (get_byte(hash, 6) & 15) | (version << 4)),
        8, (get_byte(hash, 8) & 63) | 128),
    'hex')::uuid;

-- PostgreSQL itself has no SHA-1; pgcrypto's library is always there beside this file.
CREATE FUNCTION uuid_stand_in_digest(data bytea, algorithm text)
RETURNS bytea IMMUTABLE STRICT PARALLEL SAFE LANGUAGE c
AS '$libdir/pgcrypto', 'pg_digest';

CREATE FUNCTION uuid_generate_v3(namespace uuid, name text)
RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN uuid_stand_in_from_hash(
    decode(md5(uuid_send(namespace) || convert_to(name, getdatabaseencoding())), 'hex'), 3);

CREATE FUNCTION uuid_generate_v5(namespace uuid, name text)
RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN uuid_stand_in_from_hash(
    uuid_stand_in_digest(uuid_send(namespace) || convert_to(name, getdatabaseencoding()), 'sha1'), 5);

-- Time in steps of 100 ns since 15 October 1582, then a random clock sequence and a random node, marked as such.
CREATE FUNCTION uuid_generate_v1mc() RETURNS uuid VOLATILE STRICT PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT (substr(ticks, 9, 8) || substr(ticks, 5, 4) || '1' || substr(ticks, 2, 3)
            || substr(noise, 17, 4)
            || substr(to_hex(get_byte(decode(substr(noise, 21, 2), 'hex'), 0) | 257), 2) || substr(noise, 23, 10))::uuid
    FROM (SELECT lpad(to_hex((extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 122192928000000000),
                      16, '0') AS ticks,
                 replace(gen_random_uuid()::text, '-', '') AS noise) AS parts;
END;

CREATE FUNCTION uuid_generate_v1() RETURNS uuid VOLATILE STRICT PARALLEL SAFE LANGUAGE sql
RETURN uuid_generate_v1mc();
