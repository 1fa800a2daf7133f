"""What files can bring into sales: first how a company sells, then what it may sell."""

from plugins.sales.imports import opportunities, stages

TARGETS = (stages.TARGET, opportunities.TARGET)
