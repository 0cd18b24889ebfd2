-- totals of one day
insert into totals
select day, sum(amount) from orders where day = '{{ ds }}' group by day limit %(limit)s;
