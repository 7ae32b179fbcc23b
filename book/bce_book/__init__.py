"""What only the book needs: its data sets, figures, graders, and the zoo of losses that it compares.

Nothing in ``bce_lib`` imports it. Chapters import its parts by name, as in ``from bce_book.figures import logits``.
"""
