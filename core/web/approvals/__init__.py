"""Pages and REST of approvals: inbox, case, stand-ins, editor of chains; and the tab on the page of a document."""
