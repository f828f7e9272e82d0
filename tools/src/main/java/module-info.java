/** The command line of Panacea. */
module dev.panacea.tools {
    requires dev.panacea.ace;
    requires info.picocli;

    opens dev.panacea.tools to info.picocli;
}
