echo "preparing $1 in $bucket"
