"""The book's figures: one module per chapter, one function per figure, each returning the Matplotlib axes drawn on.

Draw with ``from bce_book.figures import <concept>``. The house style and the decorator that makes a figure of a
function are in :mod:`bce_book.figures.style`; nothing is imported until it is asked for.
"""
