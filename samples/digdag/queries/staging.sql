CREATE TABLE IF NOT EXISTS orders_staging (id bigint PRIMARY KEY, customer text, price numeric, hour timestamp);
DELETE FROM orders_staging WHERE hour = '${session_local_time}';
