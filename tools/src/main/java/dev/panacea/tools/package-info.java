/** The command line, one class a subcommand. Start reading at {@link dev.panacea.tools.Main}. */
package dev.panacea.tools;
