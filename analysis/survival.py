"""Kaplan–Meier: the times that it takes, and the curves that they make, with numbers at risk."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy import stats

from analysis.arrays import Floats
from analysis.measures import Times
