SELECT DATE(ordered_at) AS day, currency, SUM(amount) AS revenue
FROM `{{ params.project }}.shop.orders`
WHERE DATE(ordered_at) = '{{ ds }}'
GROUP BY day, currency
