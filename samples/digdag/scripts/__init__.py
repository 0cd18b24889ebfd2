"""Python code of the workflow."""
