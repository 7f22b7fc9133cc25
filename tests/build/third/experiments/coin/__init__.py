"""The smallest complete project: is a coin fair?"""
