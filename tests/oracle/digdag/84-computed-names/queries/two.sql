@@ two
