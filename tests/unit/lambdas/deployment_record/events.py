"""Events as AWS's documentation shows them."""

STACK = "arn:aws:cloudformation:us-west-1:111122223333:stack/teststack/81f2cc5d-0d56-4b5f-9b6c-1ffb2aa9a2cd"

CLOUDFORMATION = {
    "version": "0",
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "CloudFormation Stack Status Change",
    "source": "aws.cloudformation",
    "account": "111122223333",
    "time": "2017-12-22T18:43:48Z",
    "region": "us-west-1",
    "resources": [STACK],
    "detail": {
        "stack-id": STACK,
        "status-details": {"status": "CREATE_COMPLETE", "status-reason": ""},
        "client-request-token": "Console-CreateStack-7f59c3cf-00d2-40c7-b2ff-e75db0987002",
    },
}

CODEDEPLOY = {
    "account": "123456789012",
    "region": "us-east-1",
    "detail-type": "CodeDeploy Deployment State-change Notification",
    "source": "aws.codedeploy",
    "version": "0",
    "time": "2016-06-30T22:06:31Z",
    "id": "c071bfbf-83c4-49ca-a6ff-3df053957145",
    "resources": [
        "arn:aws:codedeploy:us-east-1:123456789012:application:myApplication",
        "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:myApplication/myDeploymentGroup",
    ],
    "detail": {
        "instanceGroupId": "9fd2fbef-2157-40d8-91e7-6845af69e2d2",
        "region": "us-east-1",
        "application": "myApplication",
        "deploymentId": "d-123456789",
        "state": "SUCCESS",
        "deploymentGroup": "myDeploymentGroup",
    },
}

ECS = {
    "version": "0",
    "id": "ddca6449-b258-46c0-8653-e0e3aEXAMPLE",
    "detail-type": "ECS Deployment State Change",
    "source": "aws.ecs",
    "account": "111122223333",
    "time": "2020-05-23T12:31:14Z",
    "region": "us-west-2",
    "resources": ["arn:aws:ecs:us-west-2:111122223333:service/default/servicetest"],
    "detail": {
        "eventType": "INFO",
        "eventName": "SERVICE_DEPLOYMENT_COMPLETED",
        "deploymentId": "ecs-svc/123",
        "updatedAt": "2020-05-23T11:11:11Z",
        "reason": "ECS deployment deploymentID completed.",
    },
}


def with_detail(event, **changed):
    return {**event, "detail": {**event["detail"], **changed}}
