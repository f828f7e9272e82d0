/** The command line of Panacea. */
module dev.panacea.tools {
    requires dev.panacea.ace;
    requires info.picocli;
    requires java.management;
    requires jdk.management;

    opens dev.panacea.tools to info.picocli;
}
