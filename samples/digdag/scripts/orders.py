"""Counts orders and hands the number to the tasks that follow."""

import digdag


def count(day: str) -> None:
    """Stores `orders_total`, the number of orders of a day (YYYY-MM-DD)."""
    orders = [f"{day}-{number}" for number in range(1, 13)]
    digdag.env.store({"orders_total": len(orders)})


def load(hour: str, shop: str) -> None:
    """Loads the orders of an hour (`YYYY-MM-DD HH:00`)."""
    print(f"loaded the orders of {shop} from {hour}")
