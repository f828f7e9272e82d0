/** {@code panacea data}: what lies in a folder of pictures. Start reading at {@link dev.panacea.tools.data.Data}. */
package dev.panacea.tools.data;
