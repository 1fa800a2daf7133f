"""What files can bring into sales: first how and against whom a company sells, then what it may sell, offers and has sold."""

from plugins.sales.imports import competitors, documents, opportunities, stages

TARGETS = (
    stages.TARGET,
    competitors.TARGET,
    opportunities.TARGET,
    documents.QUOTATIONS,
    documents.ORDERS,
    documents.PROPOSALS,
)
