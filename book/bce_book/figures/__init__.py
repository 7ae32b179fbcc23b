"""The book's figures: a module a chapter, a function a figure, each returning Matplotlib axes.

Draw with ``from bce_lib.figures import <concept>``. The house style stands in :mod:`bce_lib.figures.style`; nothing is
imported until it is asked for.
"""
