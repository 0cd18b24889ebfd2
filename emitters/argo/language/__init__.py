"""The part of Argo's expression language (expr-lang) that our output uses: parser, evaluator, Go's times.

Used to prove what was written (`verify`, tests), never to write it.
"""

from emitters.argo.language.evaluate import EvaluationError, evaluate, evaluate_depends
from emitters.argo.language.parse import ParseError, parse

__all__ = ["EvaluationError", "ParseError", "evaluate", "evaluate_depends", "parse"]
