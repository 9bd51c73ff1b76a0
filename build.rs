//! Compiles the contract, without protoc, into Rust types and the descriptor set that reflection and the
//! generic content code read.

use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorSet};
use std::error::Error;
use std::path::PathBuf;

/// Messages that stay encoded wherever another message holds one: on the wire `bytes` and a message are
/// the same, so what was pushed is kept byte for byte, and a broken item breaks nothing but itself.
const KEPT_ENCODED: [&str; 5] = [
    ".lianxiao.v1.Mutation",
    ".lianxiao.v1.Content",
    ".lianxiao.v1.State",
    ".lianxiao.v1.Action",
    ".lianxiao.v1.Change",
];

/// Messages that carry a secret: `wire` prints them without.
const SECRET: [&str; 4] = [
    ".lianxiao.v1.CreateCredentialResponse",
    ".lianxiao.v1.CreateInvitationResponse",
    ".lianxiao.v1.JoinRequest",
    ".lianxiao.v1.RotateCredentialResponse",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    println!("cargo:rerun-if-changed=migrations");
    let services = ["hub", "sync", "office", "admin"];
    let files = services.map(|name| format!("lianxiao/v1/{name}_service.proto"));
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(files)?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    // Encoded by the compiler: the plain types would lose the contract's own field options.
    std::fs::write(
        out.join("contract.bin"),
        compiler.encode_file_descriptor_set(),
    )?;
    tonic_prost_build::configure()
        .bytes(".")
        .skip_debug(SECRET)
        .compile_fds(keep_encoded(compiler.file_descriptor_set()))?;
    Ok(())
}

fn keep_encoded(mut contract: FileDescriptorSet) -> FileDescriptorSet {
    for file in &mut contract.file {
        for message in &mut file.message_type {
            keep_encoded_fields(message);
        }
    }
    contract
}

fn keep_encoded_fields(message: &mut DescriptorProto) {
    let encoded = |field: &&mut FieldDescriptorProto| KEPT_ENCODED.contains(&field.type_name());
    for field in message.field.iter_mut().filter(encoded) {
        field.set_type(Type::Bytes);
        field.type_name = None;
    }
}
