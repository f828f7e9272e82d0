/** The page that a run ends with. Start at {@link dev.panacea.tools.report.RunReport}. */
package dev.panacea.tools.report;
