"""The overlay files. Importing this module registers them all; append one import per file, sorted."""

from __future__ import annotations

from parsers.airflow.overlays import airflow_copy as airflow_copy
from parsers.airflow.overlays import airflow_modules as airflow_modules
from parsers.airflow.overlays import attrs_module as attrs_module
from parsers.airflow.overlays import clock as clock
from parsers.airflow.overlays import collections_module as collections_module
from parsers.airflow.overlays import config_modules as config_modules
from parsers.airflow.overlays import configparser_module as configparser_module
from parsers.airflow.overlays import contextlib_module as contextlib_module
from parsers.airflow.overlays import copy_module as copy_module
from parsers.airflow.overlays import cosmos as cosmos
from parsers.airflow.overlays import csv_module as csv_module
from parsers.airflow.overlays import dagfactory as dagfactory
from parsers.airflow.overlays import dataclasses_module as dataclasses_module
from parsers.airflow.overlays import dateutil_dates as dateutil_dates
from parsers.airflow.overlays import digests as digests
from parsers.airflow.overlays import enum_module as enum_module
from parsers.airflow.overlays import file_objects as file_objects
from parsers.airflow.overlays import functools_module as functools_module
from parsers.airflow.overlays import graphlib_module as graphlib_module
from parsers.airflow.overlays import gusty as gusty
from parsers.airflow.overlays import import_modules as import_modules
from parsers.airflow.overlays import inert_modules as inert_modules
from parsers.airflow.overlays import inspect_module as inspect_module
from parsers.airflow.overlays import itertools_module as itertools_module
from parsers.airflow.overlays import jinja_module as jinja_module
from parsers.airflow.overlays import json_module as json_module
from parsers.airflow.overlays import jsonschema_module as jsonschema_module
from parsers.airflow.overlays import kubernetes as kubernetes
from parsers.airflow.overlays import numbers_modules as numbers_modules
from parsers.airflow.overlays import numpy_module as numpy_module
from parsers.airflow.overlays import operator_module as operator_module
from parsers.airflow.overlays import os_module as os_module
from parsers.airflow.overlays import pathlib_module as pathlib_module
from parsers.airflow.overlays import pendulum_module as pendulum_module
from parsers.airflow.overlays import pure_modules as pure_modules
from parsers.airflow.overlays import pydantic_module as pydantic_module
from parsers.airflow.overlays import pytz_zones as pytz_zones
from parsers.airflow.overlays import regular_expressions as regular_expressions
from parsers.airflow.overlays import string_module as string_module
from parsers.airflow.overlays import sys_module as sys_module
from parsers.airflow.overlays import toml_module as toml_module
from parsers.airflow.overlays import types_modules as types_modules
from parsers.airflow.overlays import typing_module as typing_module
from parsers.airflow.overlays import yaml_module as yaml_module
