-- Time at its edges: before Christ, infinity, odd zones, 24:00, unbalanced intervals.
CREATE TABLE moments (id integer PRIMARY KEY, day date, clock time, zoned_clock timetz, local timestamp, instant timestamptz, span interval);
SET timezone = 'America/St_Johns';
INSERT INTO moments VALUES
    (1, '4713-01-01 BC', '00:00', '00:00+15:59', '4713-01-01 00:00:00 BC', '4713-01-02 00:00:00 BC', '-178000000 years'),
    (2, '5874897-12-31', '24:00', '24:00-15:59', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', '178000000 years'),
    (3, 'infinity', '23:59:59.999999', '12:34:56.789+05:30:15', 'infinity', 'infinity', '1 mon -1 day +00:00:00.000001'),
    (4, '-infinity', '00:00:00.000001', '00:00-03:30', '-infinity', '-infinity', '-1 year 13 months -40 days -100:59:59'),
    (5, '0001-12-31 BC', NULL, NULL, '0044-03-15 12:00 BC', '1883-11-18 12:03:57 America/New_York', 'P1Y2M3DT4H5M6.789S'),
    (6, '1582-10-10', '01:30', '2025-07-01 01:30 Europe/London', '2024-02-29', '2025-11-02 01:30 America/New_York', '0'),
    (7, '2000-01-01', '12:00:60', '12:00 UTC', '2016-12-31 23:59:60', '2016-12-31 23:59:60 UTC', '-00:00:00.000001');
CREATE TABLE rounded (moment timestamp(0), instant timestamptz(3), clock time(1), zoned_clock timetz(2), years interval year to month, seconds interval second(3));
INSERT INTO rounded VALUES ('2025-01-01 00:00:00.5', '2025-01-01 00:00:00.0005+00', '1:00:00.06', '1:00:00.005+02', '14 months', '1.23456');
