"""A small evaluator of ES5 expressions, for values that a front end can work out at conversion and for the pods.

Standard library only and no imports outside this folder: the back end ships these files to pods as they are. What it
does not cover raises `Unsupported`, and the caller uses a real JavaScript engine.
"""
