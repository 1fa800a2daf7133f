"""What files can bring into sales: first how and against whom a company sells, then what it may sell."""

from plugins.sales.imports import competitors, opportunities, stages

TARGETS = (stages.TARGET, competitors.TARGET, opportunities.TARGET)
