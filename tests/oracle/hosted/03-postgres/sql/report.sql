-- {{ params.note }}
select city, sum(amount)::int as total
from orders
where day = '{{ ds }}'
group by city
order by city;
