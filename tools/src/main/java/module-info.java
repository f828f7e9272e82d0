/** The command line of Panacea. */
@SuppressWarnings("requires-automatic") // XChart is not a module yet
module dev.panacea.tools {
    requires com.fasterxml.jackson.databind;
    requires dev.panacea.ace;
    requires info.picocli;
    requires java.desktop;
    requires java.management;
    requires jdk.management;
    requires me.tongfei.progressbar;
    requires xchart;

    opens dev.panacea.tools to info.picocli;
    opens dev.panacea.tools.bench to info.picocli;
    opens dev.panacea.tools.data to com.fasterxml.jackson.databind, info.picocli;
    opens dev.panacea.tools.drawn to info.picocli;
    opens dev.panacea.tools.embed to info.picocli;
    opens dev.panacea.tools.export to info.picocli;
    opens dev.panacea.tools.gpu to info.picocli;
    opens dev.panacea.tools.inspect to info.picocli;
    opens dev.panacea.tools.lesson to info.picocli;
    opens dev.panacea.tools.pretrain to info.picocli;
    opens dev.panacea.tools.study to info.picocli;
    opens dev.panacea.tools.transfer to com.fasterxml.jackson.databind, info.picocli;
}
