"""The serving engine: continuous batching of many requests on one loaded model.

It runs in the worker process alone (`server.models.worker`); the server never imports it.
"""
