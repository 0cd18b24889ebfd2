insert into notes values ('{{ ds }}', 1);
select name, n from notes order by n;
