"""Code that front ends use at conversion and that pods use at run time: JavaScript expressions, moment, cron4j.

Standard library only and no imports outside this folder: the back end ships these files to pods as they are. What the
expression evaluator does not cover raises `Unsupported`, and the caller uses a real JavaScript engine.
"""
