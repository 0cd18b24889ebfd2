INSERT INTO orders SELECT * FROM orders_staging WHERE hour = '${session_local_time}'
ON CONFLICT (id) DO UPDATE SET price = EXCLUDED.price;
