"""The one gate through which data leave: with a reason, approved by somebody else, once, marked, and found again (R-343, R-444).

>>> request = request_export(session, Wish(source="customers", reason="年度对账", file_format=ExportFormat.CSV))

The floor knows no web: what can be exported is a :class:`core.exports.sources.Source`, which the floors above hand over.
"""
