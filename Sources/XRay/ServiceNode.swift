import Telemetry

/// A place on X-Ray's map: a service, or what its callers tell of one that tells nothing itself.
public struct ServiceNode: Hashable, Sendable {
    public var name: String
    /// `AWS::ECS::Container`, `AWS::DynamoDB::Table`, `remote`, `client`; empty where nobody says it.
    public var type: String

    public init(name: String, type: String) {
        self.name = name
        self.type = type
    }

    /// Of a segment.
    public init(_ segment: Segment) { self.init(name: segment.name, type: segment.origin) }

    /// Of what a subsegment calls; nil for local work.
    public init?(calledBy subsegment: Segment) {
        if subsegment.namespace == "aws" {
            self.init(amazon: subsegment)
        } else if !subsegment.sql.isEmpty {
            self.init(name: subsegment.name, type: "Database::SQL")
        } else if subsegment.namespace == "remote" {
            self.init(name: subsegment.name, type: "remote")
        } else {
            return nil
        }
    }

    /// A call of an AWS service goes to a resource where it names one.
    private init(amazon subsegment: Segment) {
        let service = Self.serviceNames[subsegment.name.lowercased()] ?? subsegment.name
        for (member, kind) in Self.resources { if let name = subsegment.aws[member]?.text { self.init(name: name, type: "AWS::\(service)::\(kind)"); return } }
        self.init(name: service, type: "AWS::" + service)
    }

    /// AWS SDKs spell them in their own ways.
    private static let serviceNames = [
        "dynamodb": "DynamoDB", "sqs": "SQS", "sns": "SNS", "s3": "S3", "lambda": "Lambda", "kinesis": "Kinesis", "stepfunctions": "StepFunctions",
        "secretsmanager": "SecretsManager", "ssm": "SSM",
    ]

    private static let resources = [
        ("table_name", "Table"), ("queue_url", "Queue"), ("topic_arn", "Topic"), ("bucket_name", "Bucket"), ("function_name", "Function"), ("stream_name", "Stream"),
    ]
}
