@@ one
