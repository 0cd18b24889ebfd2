-- Invoices that were open at the end of {{ ds }}.
SELECT customer_id, count(*) AS open_invoices, sum(amount) AS open_amount
FROM invoices
WHERE issued_at < DATE '{{ macros.ds_add(ds, 1) }}'
  AND (paid_at IS NULL OR paid_at >= DATE '{{ macros.ds_add(ds, 1) }}')
GROUP BY customer_id;
