X=from-lib
