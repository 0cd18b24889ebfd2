-- one line per region and day
SELECT region, count(*) AS orders, sum(price) AS turnover
FROM orders
WHERE TD_TIME_RANGE(time, '${session_date}', NULL, 'Europe/Berlin')
GROUP BY region
