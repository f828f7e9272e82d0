/** The training method: data, crops, views, student and teacher, losses. */
module dev.panacea.ace {
    requires com.fasterxml.jackson.databind;
    requires transitive java.desktop;
    requires org.apache.commons.statistics.inference;
    requires transitive dev.panacea.nn;

    exports dev.panacea.ace.augment;
    exports dev.panacea.ace.crop;
    exports dev.panacea.ace.data;
    exports dev.panacea.ace.drawn;
    exports dev.panacea.ace.example;
    exports dev.panacea.ace.head;
    exports dev.panacea.ace.inspect;
    exports dev.panacea.ace.label;
    exports dev.panacea.ace.landmark;
    exports dev.panacea.ace.loss;
    exports dev.panacea.ace.metric;
    exports dev.panacea.ace.run;
    exports dev.panacea.ace.study;
    exports dev.panacea.ace.train;
    exports dev.panacea.ace.transfer;
}
