#!/bin/sh
# Usage: fetch.sh YYYYMMDD. The shop's name is in $SHOP.
set -eu
echo "orders of $SHOP for $1"
