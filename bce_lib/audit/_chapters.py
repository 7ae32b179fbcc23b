"""Where the book explains what a check looks at: the notebooks' names, by the stems of the chapters.

Written by tools/order.py: the library is installed without the notebooks.
"""

CHAPTERS = {
    "tour": "01_tour",
    "likelihood": "11_likelihood",
    "entropy": "12_entropy",
    "loop": "21_loop",
    "vectorized": "22_vectorized",
    "clipping": "23_clipping",
    "logits": "24_logits",
    "gradient": "25_gradient",
    "pytorch": "31_pytorch",
    "keras": "32_keras",
    "conformance": "33_conformance",
    "softmax": "34_softmax",
    "logistic_regression": "41_logistic_regression",
    "optimizers": "47_optimizers",
    "streaming": "61_streaming",
    "distributed": "62_distributed",
    "federated": "63_federated",
    "underflow": "81_underflow",
    "precision": "82_precision",
    "derivatives": "83_derivatives",
    "fused": "84_fused",
    "summation": "85_summation",
}
