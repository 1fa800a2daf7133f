"""Backup and restore: a folder that holds everything a deployment has written, and proves that nobody changed it since.

A backup is a way out of the data like any export: it is made at the terminal alone, with a reason, and stands in the trail with the
digest of what left. One that goes elsewhere than into the folder of the deployment was approved by another person.
"""
